"""What people know goes out to where they work, and comes back: YAML, Excel, calendars."""
