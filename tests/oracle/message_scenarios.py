"""Scenarios that show the rules of messages, to targets, to the core, and about statistics."""

from __future__ import annotations

from typing import Final

from tests.oracle.scenario_steps import Scenario, active, create, load, message, remove, resume

PAYLOAD: Final = 312

MESSAGE: Final = Scenario(
    "message",
    "Messages: the text, the target at the sector, what it takes, and those of the core",
    [
        create("a"),
        message("a", "hello", comment="no table: 2, and nothing is copied back"),
        load("a", (0, 64, "dust", "98:0 0 512"), (64, 8, "zero", "")),
        resume("a"),
        message("a", "hello", data_start=304, rule="message/text"),
        message("a", "hello", data_start=2000, rule="message/text"),
        message("a", "", buffer=PAYLOAD + 16, poke={PAYLOAD + 8: b"no NUL.."}, rule="message/text"),
        message("a", "", rule="message/empty"),
        message("a", " \t", rule="message/empty"),
        message("a", "@nonesuch", rule="message/core"),
        message("a", "@cancel_deferred_remove x", rule="message/core"),
        message("a", "@cancel_deferred_remove"),
        message("a", "hello", 72, rule="message/sector"),
        message("a", "hello", 64, rule="message/method"),
        message("a", "hello", rule="message/words"),
        message("a", "addbadblock 1"),
        message("a", "addbadblock 1", rule="message/words"),
        message("a", "queryblock 1", comment="it answers: DM_DATA_OUT_FLAG"),
        message("a", "queryblock 1", buffer=330, comment="the answer does not fit: DM_BUFFER_FULL_FLAG"),
        message("b", "hello", rule="lookup/device"),
        remove("a"),
        *active("s", (0, 64, "switch", "2 8 0 98:0 0 98:16 0")),
        message("s", "set_region_mappings 0:1 :0 R1,2"),
        message("s", "set_region_mappings 9:9", rule="message/words"),
        remove("s"),
    ],
)

HUGE: Final = "0+1000000000000"

STATS: Final = Scenario(
    "stats",
    "Statistics regions: made, listed, printed, cleared, deleted; nothing was read or written, every counter is 0",
    [
        *active("a", (0, 64, "zero", "")),
        message("a", "@stats_create", rule="stats/words"),
        message("a", "@stats_create 0 1", rule="stats/range"),
        message("a", "@stats_create 0+0 1", rule="stats/range"),
        message("a", "@stats_create - 0", rule="stats/step"),
        message("a", "@stats_create - /x", rule="stats/step"),
        message("a", "@stats_create - 1 2 precise_timestamps", rule="stats/features"),
        message("a", "@stats_create - 1 1 nonesuch", rule="stats/feature"),
        message("a", "@stats_create - 1 2 histogram:1 histogram:2", rule="stats/feature"),
        message("a", "@stats_create - 1 1 histogram:2,2", rule="stats/histogram"),
        message("a", "@stats_create - 1 0 program text more", rule="stats/surplus"),
        message("a", f"@stats_create {HUGE} 1", rule="stats/memory"),
        message("a", "@stats_create 0+18446744073709551615 1", rule="stats/areas"),
        message("a", "@stats_create - /2"),
        message("a", "@stats_create 8+16 4 2 precise_timestamps histogram:10,20 program text"),
        message("a", "@stats_list"),
        message("a", "@stats_list program"),
        message("a", "@stats_print 0"),
        message("a", "@stats_print 1 1 2"),
        message("a", "@stats_print 1 x 2", rule="stats/area"),
        message("a", "@stats_print x", rule="stats/region-id"),
        message("a", "@stats_print 7", rule="stats/region"),
        message("a", "@stats_print_clear 0"),
        message("a", "@stats_clear 7", rule="stats/region"),
        message("a", "@stats_set_aux 0 other"),
        message("a", "@stats_delete 1"),
        message("a", "@stats_list"),
        message("a", "@stats_list", buffer=330, comment="the answer does not fit: DM_BUFFER_FULL_FLAG"),
        remove("a"),
    ],
)

SCENARIOS: Final = (MESSAGE, STATS)
"""Every scenario of this kind."""
