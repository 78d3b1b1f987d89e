"""Which rooms of fixtures every test may use."""

pytest_plugins = ["servers", "apart", "official", "journal"]
