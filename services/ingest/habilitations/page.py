"""The référent's pages: small, without a script, readable as they are."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from services.ingest.habilitations.consent import Consent, WrongCode
from services.ingest.habilitations.letters import schemas_said
from services.ingest.habilitations.trail import Told

STYLE = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#161616}"
    "h1{font-size:1.5rem}blockquote{border-left:.25rem solid #6a6af4;margin:0;padding:.1rem 1rem}"
    "label,button{display:block;margin:.8rem 0}input[name=code],input[type=email],input[name=organisation]"
    "{font-size:1.2rem;padding:.3rem;display:block}button{font-size:1.05rem;padding:.5rem 1rem}"
    ".wrong{border-left:.25rem solid #ce0500;padding:.1rem 1rem}"
    "h2{font-size:1.2rem}table{border-collapse:collapse;font-size:.95rem}td,th{padding:.2rem .6rem .2rem 0;"
    "text-align:left;vertical-align:top}"
)

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

CODE_FIELD = (
    '<label>Code reçu par courriel<input name="code" inputmode="numeric" autocomplete="one-time-code" '
    'required maxlength="20"></label>'
)


def consent_page(consent: Consent, wrong: WrongCode | None = None) -> str:
    """Who asks what, or what is granted, with the form that decides."""
    name = f"{escape(consent.organisation.name)} (SIREN {consent.organisation.siren})"
    parts = [f"<p>Organisme : <strong>{name}</strong></p>"]
    if wrong is not None:
        parts.append(f'<p class="wrong" role="alert">Code inexact. Essais restants : {wrong.tries_left}.</p>')
    if consent.waits:
        return _page("Une demande d'habilitation", [*parts, *_request(consent)])
    if consent.asked is not None:
        return _page("Une demande d'habilitation", [*parts, "<p>Cette demande a déjà reçu sa réponse.</p>"])
    return _page("Les éditeurs habilités", [*parts, *_grants(consent), *_trail(consent.trail)])


def done_page() -> str:
    """What is now so."""
    said = "<p>Votre décision est enregistrée. Les référents de l'organisme en reçoivent la copie.</p>"
    return _page("C'est noté", [said])


def refusal_page(title: str, detail: str, action: str) -> str:
    """Why a link leads no further, and what to do."""
    led = escape(action).replace("/v1/consents", '<a href="/v1/consents">/v1/consents</a>')
    return _page(escape(title), [f"<p>{escape(detail)}</p>", f"<p>{led}</p>"])


def access_page(*, is_sent: bool = False) -> str:
    """Where a référent asks for a link."""
    if is_sent:
        said = (
            "<p>Si cette adresse est celle d'un référent de cet organisme, un message vient de lui être envoyé. "
            "Il contient un lien et un code.</p>"
        )
        return _page("Message envoyé", [said])
    return _page(
        "Voir les éditeurs habilités par votre organisme",
        [
            "<p>Un lien et un code vous sont envoyés à votre adresse de référent.</p>",
            '<form method="post"><label>SIREN, SIRET ou code INSEE de l\'organisme'
            '<input name="organisation" required maxlength="20"></label>'
            '<label>Votre adresse<input name="email" type="email" required maxlength="254"></label>'
            "<button>Recevoir le lien</button></form>",
        ],
    )


def _request(consent: Consent) -> list[str]:
    assert consent.asked is not None  # noqa: S101 - `waits` says so
    asked, vendor = consent.asked.habilitation, escape(consent.asked.vendor.name)
    parts = [
        f"<p>L'éditeur <strong>{vendor}</strong> demande à publier des données en son nom.</p>",
        f"<p>Données concernées : {escape(schemas_said(asked.schemas))}.</p>",
    ]
    if asked.message:
        parts.append(f"<p>Son message :</p><blockquote><p>{escape(asked.message)}</p></blockquote>")
    boxes = [
        f'<label><input type="checkbox" name="remove" value="{one.habilitation_id}"> Retirer en même temps '
        f"l'habilitation de {escape(one.vendor)} ({escape(schemas_said(list(one.schemas) if one.schemas else None))})"
        "</label>"
        for one in consent.conflicts
    ]
    if boxes:
        parts.append("<p>Un autre éditeur publie déjà ces données : à deux, chacun remplace ce que l'autre publie.</p>")
    choices = (("accept", "Accepter"), ("refuse", "Refuser"))
    buttons = "".join(f'<button name="decision" value="{value}">{said}</button>' for value, said in choices)
    return [*parts, f'<form method="post">{"".join(boxes)}{CODE_FIELD}{buttons}</form>']


def _grants(consent: Consent) -> list[str]:
    if not consent.granted:
        return ["<p>Aucun éditeur n'est habilité aujourd'hui.</p>"]
    boxes = [
        f'<label><input type="checkbox" name="remove" value="{one.habilitation.id}"> '
        f"{escape(one.vendor.name)} : {escape(schemas_said(one.habilitation.schemas))}</label>"
        for one in consent.granted
    ]
    button = '<button name="decision" value="remove">Retirer les habilitations cochées</button>'
    return [f'<form method="post">{"".join(boxes)}{CODE_FIELD}{button}</form>']


def _trail(lines: Sequence[Told]) -> list[str]:
    if not lines:
        return []
    rows = "".join(
        f"<tr><td>{one.at:%d/%m/%Y %H:%M} UTC</td><td>{escape(one.who)}</td><td>{escape(one.what)}</td></tr>"
        for one in lines
    )
    head = "<tr><th>Quand</th><th>Qui</th><th>Quoi</th></tr>"
    said = "<p>Les dernières écritures de la piste d'audit ; le département peut vous la remettre entière.</p>"
    return ["<h2>Ce qui a été fait pour votre organisme</h2>", said, f"<table>{head}{rows}</table>"]


def _page(title: str, parts: list[str]) -> str:
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} — Socle</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{''.join(parts)}</main></body></html>"
    )
