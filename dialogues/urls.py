"""Addresses of the dialogues."""

from django.urls import path

from dialogues.views import cards, importing, printing, public

app_name = "dialogues"
urlpatterns = [
    path("", public.dialogue_list, name="dialogue_list"),
    path("<slug:slug>/", public.dialogue_detail, name="dialogue_detail"),
    path("<slug:slug>/statements/", public.statement_list, name="statement_list"),
    path("<slug:slug>/statements/import/", importing.statement_import, name="statement_import"),
    path("<slug:slug>/imports/<int:pk>/undo/", importing.import_undo, name="import_undo"),
    path("<slug:slug>/print/", printing.print_set, name="print_set"),
    path("<slug:slug>/print/cards.pdf", printing.print_cards, name="print_cards"),
    path("<slug:slug>/print/sign-in.pdf", printing.print_sign_in, name="print_sign_in"),
    path("<slug:slug>/print/poster.pdf", printing.print_poster, name="print_poster"),
    path("<slug:slug>/cards/", cards.card_entry, name="card_entry"),
    path("<slug:slug>/cards/check/", cards.card_check, name="card_check"),
    path("<slug:slug>/statements/<slug:code>/", public.statement_detail, name="statement_detail"),
]
