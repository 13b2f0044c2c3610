"""Pages of the dialogues, by who uses them: readers, those who plan, those in the room."""
