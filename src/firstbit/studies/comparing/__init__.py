"""Cells side by side: what each holds, what it costs, and how two of them differ."""
