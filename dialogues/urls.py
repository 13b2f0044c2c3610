"""Addresses of the dialogues. A first part that is no dialogue's stands in Dialogue.RESERVED."""

from django.urls import path

from dialogues.views import cards, console, importing, planning, printing, public, team

app_name = "dialogues"
urlpatterns = [
    path("", public.dialogue_list, name="dialogue_list"),
    path("plan/", planning.dialogue_plans, name="dialogue_plans"),
    path("plan/new/", planning.dialogue_new, name="dialogue_new"),
    path("invitations/<str:token>/", team.invitation_accept, name="invitation_accept"),
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
    # The plan of one.
    path("<slug:slug>/plan/", planning.dialogue_plan, name="dialogue_plan"),
    path("<slug:slug>/plan/facts/", planning.dialogue_facts, name="dialogue_facts"),
    path("<slug:slug>/plan/copy/", planning.dialogue_copy, name="dialogue_copy"),
    path("<slug:slug>/plan/room/", planning.room_change, name="room_change"),
    path("<slug:slug>/plan/agenda/", planning.dialogue_agenda, name="dialogue_agenda"),
    path("<slug:slug>/plan/agenda/fill/", planning.agenda_fill, name="agenda_fill"),
    path("<slug:slug>/plan/agenda/order/", planning.agenda_order, name="agenda_order"),
    path("<slug:slug>/plan/agenda/new/", planning.agenda_item_new, name="agenda_item_new"),
    path("<slug:slug>/plan/agenda/<int:pk>/", planning.agenda_item_edit, name="agenda_item_edit"),
    path(
        "<slug:slug>/plan/agenda/<int:pk>/move/",
        planning.agenda_item_move,
        name="agenda_item_move",
    ),
    path(
        "<slug:slug>/plan/agenda/<int:pk>/delete/",
        planning.agenda_item_delete,
        name="agenda_item_delete",
    ),
    path("<slug:slug>/plan/people/", planning.dialogue_people, name="dialogue_people"),
    path("<slug:slug>/plan/people/<int:pk>/", planning.person_edit, name="person_edit"),
    path("<slug:slug>/plan/people/<int:pk>/move/", planning.person_move, name="person_move"),
    path("<slug:slug>/plan/people/<int:pk>/delete/", planning.person_delete, name="person_delete"),
    path("<slug:slug>/plan/conveners/", planning.dialogue_conveners, name="dialogue_conveners"),
    path("<slug:slug>/plan/conveners/<int:pk>/", planning.convener_edit, name="convener_edit"),
    path("<slug:slug>/plan/conveners/<int:pk>/move/", planning.convener_move, name="convener_move"),
    path(
        "<slug:slug>/plan/conveners/<int:pk>/delete/",
        planning.convener_delete,
        name="convener_delete",
    ),
    path("<slug:slug>/plan/team/", team.dialogue_team, name="dialogue_team"),
    path("<slug:slug>/plan/team/<int:pk>/remove/", team.member_remove, name="member_remove"),
    path(
        "<slug:slug>/plan/team/invitations/<int:pk>/withdraw/",
        team.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("<slug:slug>/console/", console.console, name="console"),
    path("<slug:slug>/console/worker.js", console.console_worker, name="console_worker"),
    path("<slug:slug>/console/state.json", console.console_state_json, name="console_state_json"),
    path("<slug:slug>/console/token.json", console.console_token, name="console_token"),
    path("<slug:slug>/console/say/", console.console_say, name="console_say"),
    path("<slug:slug>/console/undo/", console.console_undo, name="console_undo"),
    path(
        "<slug:slug>/console/statements/<int:pk>/<slug:verb>/",
        console.console_statement,
        name="console_statement",
    ),
    path(
        "<slug:slug>/console/items/<int:pk>/<slug:verb>/",
        console.console_item,
        name="console_item",
    ),
    path("<slug:slug>/console/go-on/", console.console_go_on, name="console_go_on"),
    path("<slug:slug>/console/turns/next/", console.console_next, name="console_next"),
    path(
        "<slug:slug>/console/turns/<int:pk>/<slug:verb>/",
        console.console_turn,
        name="console_turn",
    ),
    path("<slug:slug>/console/counts/", console.console_counts, name="console_counts"),
    path("<slug:slug>/console/room/", console.console_room, name="console_room"),
    path(
        "<slug:slug>/console/participants/<int:seat>/hold/",
        console.console_seat,
        name="console_seat",
    ),
]
