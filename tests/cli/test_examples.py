"""Commands to copy are commands: a shell understands them."""

import shlex

from services.cli.examples import DEMO_FILE, curl_examples


def test_each_example_is_one_curl_command_for_a_shell():
    for one in curl_examples("http://127.0.0.1:8000", api_key="socle_key", organisation="213103955", file="l'été.csv"):
        words = shlex.split(one.command.replace("\\\n", " "))
        assert words[0] == "curl"
        assert sum(word.startswith("http://127.0.0.1:8000/v1/") for word in words) == 1


def test_the_file_of_the_push_is_quoted_and_the_demo_file_exists():
    push, *_ = curl_examples("http://127.0.0.1:8000", api_key="k", organisation="213103955", file="l'été.csv")
    assert "@l'été.csv" in shlex.split(push.command.replace("\\\n", " "))
    with open(DEMO_FILE, "rb") as file:
        assert file.readline().startswith(b"COLL_NOM")
