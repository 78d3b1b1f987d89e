"""The one exception of this room."""


class EmbeddedRefusal(Exception):
    """An embedded server cannot run here. The message is a French sentence for the person at the terminal."""
