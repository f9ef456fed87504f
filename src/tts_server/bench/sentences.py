"""Sentences that the benchmarks speak, from about one to twelve seconds long."""

from __future__ import annotations

SENTENCES = (
    "Hello there.",
    "How can I help you today?",
    "Your table for four is booked for half past seven.",
    "I found three flights to Lisbon, and the cheapest one leaves on Thursday morning.",
    "The kitchen light is off now, and I have set the heating to nineteen degrees for the night.",
    (
        "If you press and hold the red button for five seconds, the device will restart and forget "
        "its old settings."
    ),
    (
        "In the winter of that year the river froze from bank to bank, and the children skated under "
        "the bridges until the lamps were lit."
    ),
    (
        "Before we begin, please make sure that the cable is plugged in, that the small green lamp is"
        " on, and that nobody else in the house is using the printer at the moment."
    ),
    (
        "The museum opens at ten every day except Monday, the last tour of the old harbour starts at "
        "four in the afternoon, and children under twelve may come along without paying as long as "
        "they stay with an adult."
    ),
)

PARAGRAPH = (
    "Good morning, and thank you for calling the harbour office. The ferry to the islands leaves "
    "at nine, at noon and at five in the afternoon. Please be at the pier twenty minutes before "
    "that, since the gate closes early. Dogs are welcome on the upper deck, as long as they are "
    "kept on a lead. If the weather turns bad, we will send you a message and move your ticket to"
    " the next day. There is a small cafe on board that sells coffee, soup and fresh bread. You "
    "can pay in cash or by card, but the machine does not always work out at sea. Bicycles travel"
    " free of charge, and there is room for about thirty of them. Is there anything else that you"
    " would like to know about the trip?"
)
