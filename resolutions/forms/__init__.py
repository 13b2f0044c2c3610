"""The forms of resolutions, by who fills them in."""
