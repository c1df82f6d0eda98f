"""Api: how people and clocks reach Huiyin: CLI, HTTP, notifications, schedule, demo."""
