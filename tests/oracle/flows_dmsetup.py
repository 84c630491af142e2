"""What dmsetup and dmstats are made to do."""

from tests.oracle.flows import DMSETUP, Flow

FLOWS = (
    Flow(
        "dmsetup-message",
        "messages to the core and to targets, and loads that a table's first record may and may not be",
        DMSETUP,
        """
        dmsetup create m --table "0 8 linear /dev/ubda 0"
        refused dmsetup message m 0 hello
        refused dmsetup message m 7 hello
        refused dmsetup message m 8 hello
        refused dmsetup message m 99 hello
        dmsetup message m 0 @cancel_deferred_remove
        dmsetup message m 0 @CANCEL_deferred_remove
        refused dmsetup message m 0 @cancel_deferred_remove now
        refused dmsetup message m 0 @nonesuch
        refused dmsetup message nonesuch 0 hello
        dmsetup create bare --notable
        dmsetup message bare 0 hello
        dmsetup message bare 0 @cancel_deferred_remove
        refused dmsetup message bare 0 @nonesuch
        refused dmsetup load bare --table "0 8 zero now"
        refused dmsetup load bare --table "0 8 linear /dev/ubda"
        refused dmsetup load bare --table "0 8 linear 98:0 -1"
        refused dmsetup load bare --table "0 8 linear 98:77 0"
        refused dmsetup load bare --table "0 8 linear 4096:0 0"
        refused dmsetup load bare --table "0 8 linear /dev/nonesuch 0"
        refused dmsetup load bare --table "0 8 linear 98:0 65529"
        dmsetup load bare --table "0 8 linear 98:0 65528"
        dmsetup resume bare
        dmsetup load bare --table "0 8 linear 98:0 65529"
        refused dmsetup resume bare
        dmsetup resume bare
        dmsetup suspend bare
        dmsetup message bare 0 @cancel_deferred_remove
        refused dmsetup message bare 0 hello
        dmsetup remove bare
        dmsetup remove m
        """,
    ),
    Flow(
        "dmsetup-life",
        "a device from create to remove, and every way to ask about it",
        DMSETUP,
        """
        dmsetup version
        dmsetup targets
        dmsetup target-version linear
        refused dmsetup target-version nonesuch
        dmsetup ls
        dmsetup create lin --uuid TEST-lin --table "0 2048 linear /dev/ubda 0"
        refused dmsetup create lin --table "0 2048 linear /dev/ubda 0"
        refused dmsetup create other --uuid TEST-lin --notable
        dmsetup info lin
        dmsetup info -u TEST-lin
        dmsetup info -c
        dmsetup ls
        dmsetup ls --tree
        dmsetup table lin
        dmsetup status lin
        dmsetup status
        dmsetup measure lin
        dmsetup deps lin
        dmsetup suspend lin
        dmsetup info lin
        dmsetup resume lin
        dmsetup remove lin
        refused dmsetup info lin
        refused dmsetup remove lin
        """,
    ),
    Flow(
        "dmsetup-tables",
        "the two table slots: several targets, load, clear, inactive, swap, refusals, suspend flags, read-only",
        DMSETUP,
        """
        printf '0 1024 linear /dev/ubda 0\\n1024 1024 linear /dev/ubdb 512\\n2048 512 zero\\n' > many
        dmsetup create many many
        dmsetup table many
        dmsetup deps many
        dmsetup load many --table "0 4096 striped 2 64 /dev/ubda 0 98:16 0"
        dmsetup info many
        dmsetup table --inactive many
        dmsetup status --inactive many
        dmsetup deps --inactive many
        dmsetup clear many
        dmsetup table --inactive many
        refused dmsetup load many --table "8 8 linear /dev/ubda 0"
        refused dmsetup load many --table "0 8 nonesuch"
        refused dmsetup load many --table "0 8 linear /dev/ubda 1x"
        refused dmsetup load many --table "0 8 linear /dev/ubda"
        dmsetup load many --table "0 8 error"
        dmsetup suspend --noflush --nolockfs many
        dmsetup resume many
        dmsetup table many
        dmsetup load many --table "0 99999999 linear /dev/ubda 0"
        refused dmsetup resume many
        dmsetup info many
        dmsetup resume many
        dmsetup wipe_table many
        dmsetup create empty --notable
        dmsetup table empty
        dmsetup deps empty
        dmsetup info empty
        dmsetup create ro --readonly --table "0 8 linear /dev/ubdb 0"
        dmsetup info ro
        dmsetup create pinned --major 254 --minor 7 --table "0 8 zero"
        refused dmsetup create again --major 254 --minor 7 --table "0 8 zero"
        dmsetup info --major 254 --minor 7
        dmsetup create --concise "one,TEST-one,3,rw,0 8 zero;two,,,ro,0 8 zero,8 8 error"
        dmsetup create 'odd name(x' --table "0 8 zero"
        dmsetup ls --exec true
        dmsetup remove 'odd name(x'
        dmsetup remove_all
        """,
        (65536, 32768),
    ),
    Flow(
        "dmsetup-names",
        "rename, set the uuid, geometry, make nodes",
        DMSETUP,
        """
        dmsetup create a --table "0 2048 linear /dev/ubda 0"
        dmsetup create b --notable
        dmsetup rename a c
        refused dmsetup rename a d
        refused dmsetup rename c b
        dmsetup rename b e
        dmsetup rename c --setuuid TEST-c
        refused dmsetup rename c --setuuid TEST-d
        dmsetup info c
        dmsetup setgeometry c 2 16 63 0
        refused dmsetup setgeometry c 1 1 1 100
        refused dmsetup setgeometry none 1 1 1 0
        rm -f /dev/mapper/c
        dmsetup mknodes
        dmsetup mknodes c
        dmsetup splitname c
        dmsetup remove c e
        """,
    ),
    Flow(
        "dmsetup-open",
        "devices that are open, or below another one: busy, deferred, forced and retried removal",
        DMSETUP,
        """
        dmsetup create low --table "0 4096 linear /dev/ubda 0"
        dmsetup create top --table "0 2048 linear /dev/mapper/low 1024"
        dmsetup info low
        dmsetup ls --tree
        refused dmsetup remove low
        refused hold /dev/mapper/top dmsetup remove top
        hold /dev/mapper/top dmsetup info top
        dmsetup remove --deferred low
        dmsetup info low
        hold /dev/mapper/top dmsetup remove --deferred top
        refused dmsetup info top
        dmsetup create busy --table "0 8 zero"
        refused hold /dev/mapper/busy dmsetup remove --force busy
        dmsetup table busy
        dmsetup remove --force busy
        dmsetup create first --table "0 8 zero"
        dmsetup create second --table "0 8 linear /dev/mapper/first 0"
        hold /dev/mapper/second dmsetup remove_all
        dmsetup remove_all --force
        """,
    ),
    Flow(
        "dmsetup-wait",
        "a waiter woken by a rename, not by a table swap, but by the removal; messages to targets",
        DMSETUP,
        """
        dmsetup create w --table "0 2048 linear /dev/ubda 0"
        dmsetup wait w & sleep 0.5
        dmsetup rename w v
        wait $!
        dmsetup info v
        dmsetup wait v 0
        refused dmsetup wait none 0
        dmsetup wait --noflush v 1 & sleep 0.5
        dmsetup load v --table "0 4096 zero"
        dmsetup resume v
        dmsetup remove v
        wait $!
        dmsetup create m --table "0 8 flakey /dev/ubda 0 1 0"
        refused dmsetup message m 0 nonesuch
        dmsetup create s --table "0 4096 switch 2 128 0 /dev/ubda 0 /dev/ubda 8192"
        dmsetup message s 0 set_region_mappings 0:1 R1,3
        refused dmsetup message s 0 set_region_mappings 0:9
        refused dmsetup message none 0 x
        dmsetup remove m s
        """,
        flags=("Client", "Race"),
    ),
    Flow(
        "dmsetup-overflow",
        "a list of devices, and a table, that overflow the first buffer",
        DMSETUP,
        """
        for i in $(seq 106); do dmsetup create --notable "$(printf %0127d $i)"; done
        dmsetup ls
        for i in $(seq 0 8 2712); do echo "$i 8 zero"; done > zeros
        dmsetup create zeros zeros
        dmsetup table zeros
        """,
    ),
    Flow(
        "dmstats",
        "messages with answers: regions, counters, histograms",
        DMSETUP,
        """
        dmsetup create lin --table "0 8192 linear /dev/ubda 0"
        dmstats create lin
        dmstats create --areas 4 --userdata text --bounds 10ms,100ms lin
        dmstats create --start 1024s --length 1024s lin
        dmstats list
        dmstats list --allprograms
        dmstats print --allregions lin
        dmstats report lin
        dmstats clear --allregions lin
        dmstats delete --regionid 2 lin
        dmsetup message lin 0 @stats_list
        dmsetup message lin 0 @STATS_SET_AUX 0 more
        refused dmsetup message lin 0 @stats_print 9
        dmstats delete --allregions lin
        dmsetup remove lin
        """,
    ),
    Flow(
        "dmsetup-targets",
        "the parameters and status of targets without a client of their own",
        DMSETUP,
        """
        dmsetup create zero --table "0 8192 zero"
        dmsetup create error --table "0 8 error"
        dmsetup create delay --table "0 8192 delay /dev/mapper/zero 0 0"
        dmsetup create flakey --table "0 8192 flakey /dev/mapper/zero 0 60 0 1 drop_writes"
        dmsetup create dust --table "0 8192 dust /dev/mapper/zero 0 512"
        dmsetup message dust 0 addbadblock 3
        dmsetup message dust 0 queryblock 3
        dmsetup message dust 0 countbadblocks
        dmsetup message dust 0 listbadblocks
        dmsetup create striped --table "0 8192 striped 2 16 /dev/mapper/zero 0 /dev/mapper/zero 4096"
        dmsetup create origin --table "0 8192 snapshot-origin /dev/ubda"
        dmsetup create mirror --table "0 8192 mirror core 2 64 nosync 2 /dev/ubda 8192 /dev/ubda 16384"
        dmsetup table
        dmsetup status
        dmsetup remove_all
        """,
    ),
    Flow(
        "dmsetup-udev",
        "the udev cookie in event_nr, as where udev runs",
        DMSETUP,
        """
        unset DM_DISABLE_UDEV
        mkdir /run/udev && touch /run/udev/control
        cookie=$(dmsetup udevcreatecookie)
        dmsetup create lin --udevcookie $cookie --table "0 2048 linear /dev/ubda 0"
        dmsetup udevcomplete $cookie
        dmsetup rename lin nil --udevcookie $cookie
        dmsetup udevcomplete $cookie
        dmsetup remove nil --udevcookie $cookie
        dmsetup udevcomplete $cookie
        dmsetup udevreleasecookie $cookie
        dmsetup create lin --noudevsync --table "0 2048 linear /dev/ubda 0"
        dmsetup remove lin --noudevsync
        """,
        flags=("Client", "Cookie"),
    ),
)
