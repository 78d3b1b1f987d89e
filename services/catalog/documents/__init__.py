"""What describes one data set to programs: its Table Schema, its OpenAPI document."""
