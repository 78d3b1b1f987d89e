// Judges address files with validateur-bal, its network kept off and its clock set.
// usage: node judge.js AAAA-MM-JJ < paths (one a line) > verdicts (one JSON a line, in the same order)
const today = process.argv[2];
const RealDate = Date;
const noon = new RealDate(`${today === "profiles" ? "2000-01-01" : today}T12:00:00Z`).getTime();
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length) super(...given);
    else super(noon);
  }
  static now() {
    return noon;
  }
};
globalThis.fetch = () => Promise.reject(new Error("no network"));
console.error = () => {};

const fs = require("fs");
const readline = require("readline");
const { validate, profiles } = require("@ban-team/validateur-bal");

async function judge(path) {
  let report;
  try {
    report = await validate(fs.readFileSync(path));
  } catch (error) {
    return { outcome: "crash", why: error.message };
  }
  if (!report.parseOk) return { outcome: "unparsed", why: report.parseErrors.map((e) => e.code) };
  const levels = Object.fromEntries(report.profilErrors.map(({ code, level }) => [code, level]));
  return {
    outcome: Object.values(levels).includes("E") ? "invalid" : "valid",
    profile: report.profile,
    levels,
    global: report.globalErrors.filter((code) => code in levels),
    rows: report.rows.map((row) => [...new Set(row.errors.map((e) => e.code))].filter((code) => code in levels).sort()),
  };
}

async function main() {
  if (today === "profiles") {
    console.log(JSON.stringify(profiles));
    return;
  }
  for await (const path of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await judge(path)));
  }
}

main();
