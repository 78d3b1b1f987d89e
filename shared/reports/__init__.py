"""The report as it is read: its shape, its two languages, its renderings, its pages and its links."""
