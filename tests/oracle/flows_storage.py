"""What cryptsetup and its sisters, kpartx, multipath and lvm are made to do."""

from tests.oracle.flows import CRYPTSETUP, KEYS, LVM, UUID, Flow

FLOWS = (
    Flow(
        "crypt-plain",
        "dm-crypt in plain mode: the key in the table, resize, status",
        CRYPTSETUP,
        f"""
        echo {KEYS[0]} | sed 's/../\\\\x&/g' > escaped
        /usr/bin/printf "$(cat escaped)" > key
        open="cryptsetup open --type plain --cipher aes-cbc-essiv:sha256 --key-size 256 --key-file key"
        $open /dev/ubda plain
        cryptsetup status plain
        refused $open /dev/ubda plain
        cryptsetup resize --size 4096 plain
        dmsetup table plain
        dmsetup table --showkeys plain
        cryptsetup close plain
        refused cryptsetup status plain
        refused cryptsetup close plain
        $open --readonly --size 2048 --offset 8 /dev/ubda plain
        dmsetup create raw --table "0 64 crypt aes-xts-plain64 {KEYS[1]}{KEYS[2]} 0 /dev/ubda 0"
        dmsetup suspend raw
        dmsetup message raw 0 key wipe
        dmsetup message raw 0 key set {KEYS[2]}{KEYS[1]}
        refused dmsetup message raw 0 key set {KEYS[2]}
        dmsetup resume raw
        cryptsetup close --deferred plain
        cryptsetup close raw
        """,
    ),
    Flow(
        "crypt-luks2",
        "LUKS2: the key by reference into the keyring, and in the table; suspend, resume, refresh, status",
        CRYPTSETUP,
        f"""
        echo {KEYS[0]} | sed 's/../\\\\x&/g' > escaped
        /usr/bin/printf "$(cat escaped)" > volume-key
        echo secret > pass
        cryptsetup luksFormat -q --type luks2 --uuid {UUID} --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \\
            --cipher aes-cbc-essiv:sha256 --key-size 256 --master-key-file volume-key --key-file pass /dev/ubda
        cryptsetup open --key-file pass /dev/ubda vault
        cryptsetup status vault
        cryptsetup luksSuspend vault
        cryptsetup status vault
        cryptsetup luksResume --key-file pass vault
        cryptsetup refresh --key-file pass --perf-no_read_workqueue vault
        cryptsetup resize --key-file pass --size 4096 vault
        cryptsetup close vault
        cryptsetup open --key-file pass --disable-keyring /dev/ubda vault
        cryptsetup luksSuspend vault
        cryptsetup luksResume --key-file pass --disable-keyring vault
        cryptsetup close vault
        """,
    ),
    Flow(
        "integrity",
        "integritysetup: a standalone device with a keyed hash, opened, asked, closed",
        CRYPTSETUP,
        f"""
        echo {KEYS[0]} | sed 's/../\\\\x&/g' > escaped
        /usr/bin/printf "$(cat escaped)" > key
        key="--integrity hmac-sha256 --integrity-key-file key --integrity-key-size 32"
        integritysetup format -q --no-wipe --tag-size 32 $key /dev/ubda
        integritysetup open $key /dev/ubda int
        integritysetup status int
        integritysetup dump /dev/ubda
        dmsetup status int
        dmsetup table --showkeys int
        integritysetup close int
        """,
        (8192,),
        ("Client", "TargetState"),
    ),
    Flow(
        "verity",
        "veritysetup: format, open with the root hash, status, a root hash that is not the data's, close",
        CRYPTSETUP,
        f"""
        veritysetup format --uuid {UUID} --salt 00112233 --root-hash-file root /dev/ubda /dev/ubdb
        veritysetup open /dev/ubda ver /dev/ubdb "$(cat root)"
        veritysetup status ver
        dmsetup table ver
        dmsetup status ver
        veritysetup close ver
        veritysetup open /dev/ubda ver /dev/ubdb "$(tr 0-9a-f a-f0-9 < root)"
        veritysetup status ver
        veritysetup close ver
        """,
        (2048, 2048),
        ("Client", "TargetState"),
    ),
    Flow(
        "kpartx",
        "a partition table listed and mapped, twice",
        ("kpartx", "libdevmapper1.02.1"),
        """
        printf '\\0\\0\\0\\0\\203\\0\\0\\0\\0\\010\\0\\0\\0\\020\\0\\0' > entries
        printf '\\0\\0\\0\\0\\203\\0\\0\\0\\0\\040\\0\\0\\0\\020\\0\\0' >> entries
        printf '\\125\\252' > magic
        dd if=entries of=/dev/ubda bs=1 seek=446 2>/dev/null
        dd if=magic of=/dev/ubda bs=1 seek=510 2>/dev/null
        kpartx -l /dev/ubda
        kpartx -av /dev/ubda
        kpartx -a /dev/ubda
        dmsetup info -c
        dmsetup remove_all
        """,
    ),
    Flow(
        "multipath",
        "multipath -ll, with no map and with one made by hand; path messages",
        ("multipath-tools", "dmsetup"),
        """
        multipath -ll
        dmsetup create mpatha --uuid mpath-test --table \\
            "0 65536 multipath 1 queue_if_no_path 0 2 1 round-robin 0 1 1 98:0 1000 round-robin 0 1 1 98:16 1000"
        dmsetup status mpatha
        multipath -ll
        dmsetup message mpatha 0 fail_path 98:0
        dmsetup status mpatha
        dmsetup message mpatha 0 reinstate_path 98:0
        dmsetup message mpatha 0 switch_group 2
        dmsetup message mpatha 0 fail_if_no_path
        refused dmsetup message mpatha 0 fail_path 98:32
        dmsetup remove mpatha
        """,
        (65536, 65536),
        ("Client", "TargetState"),
    ),
    Flow(
        "multipathd",
        "a daemon that arms the poll of its control node and lists the devices each time it fires",
        ("multipath-tools", "dmsetup"),
        """
        multipathd -d -s & daemon=$!
        sleep 2
        dmsetup create --notable other
        sleep 1
        dmsetup remove other
        sleep 1
        kill $daemon
        wait $daemon || true
        """,
        (65536, 65536),
        ("Client", "Poll"),
    ),
    Flow(
        "lvm-linear",
        "a linear volume over two disks: create, extend, rename, change, remove",
        LVM,
        """
        vgcreate -q vg /dev/ubda /dev/ubdb
        lvcreate -q -y -L 8M -n one vg
        lvextend -q -L 40M vg/one
        lvrename -q vg/one vg/two
        lvchange -q -an vg/two
        lvchange -q -ay vg/two
        lvremove -q -y vg/two
        """,
        (65536, 65536),
    ),
    Flow(
        "lvm-striped",
        "a striped volume, made read-only, deactivated with its group",
        LVM,
        """
        vgcreate -q vg /dev/ubda /dev/ubdb
        lvcreate -q -y -L 8M -i 2 -I 16 -n two vg
        lvchange -q -p r vg/two
        vgchange -q -an vg
        """,
        (65536, 65536),
    ),
    Flow(
        "lvm-snapshot",
        "an origin and its snapshot: made, asked, removed, deactivated",
        LVM,
        """
        vgcreate -q vg /dev/ubda
        lvcreate -q -y -L 8M -n base vg
        lvcreate -q -y -s -L 4M -n snap vg/base
        lvs -q -o name,snap_percent vg
        lvremove -q -y vg/snap
        vgchange -q -an vg
        """,
        flags=("Client", "TargetState"),
    ),
    Flow(
        "lvm-thin",
        "a thin pool, a thin volume, its snapshot: messages by device number",
        (*LVM, "thin-provisioning-tools"),
        """
        vgcreate -q vg /dev/ubda
        lvcreate -q -y -L 12M --poolmetadataspare n -T vg/pool
        lvcreate -q -y -V 16M -T vg/pool -n thin
        lvcreate -q -y -s vg/thin -n snap
        dmsetup message vg-pool-tpool 0 "delete 2"
        dmsetup status vg-pool-tpool
        """,
        flags=("Client", "TargetState"),
    ),
    Flow(
        "lvm-raid1",
        "a raid1 volume: metadata and image devices under one",
        LVM,
        """
        vgcreate -q vg /dev/ubda /dev/ubdb
        lvcreate -q -y --type raid1 --nosync -m 1 -L 8M -n mirror vg
        lvs -q -o name,raid_sync_action,sync_percent vg
        """,
        (65536, 65536),
        ("Client", "TargetState"),
    ),
)
