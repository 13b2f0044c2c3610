"""The report of a dialogue: assembled once as blocks, written in several forms."""
