"""What a rehearsal is asked."""

from django import forms


class SpeakForm(forms.Form):
    """How many of a simulated room are to speak."""

    n = forms.IntegerField(min_value=1, max_value=10)
