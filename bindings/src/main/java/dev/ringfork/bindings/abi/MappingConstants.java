// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static dev.ringfork.bindings.abi.Constants.ABSENT;

/**
 * Constants of mmap(2), mprotect(2), madvise(2), msync(2) and memfd_create(2) on this platform.
 *
 * <p>A name that this platform lacks is {@link Constants#ABSENT}. Immutable.
 */
public final class MappingConstants {

    static final ConstantTable TABLE = new ConstantTable(64);

    private MappingConstants() {}

    // Access.
    public static final int PROT_NONE = TABLE.same("PROT_NONE", 0x0);
    public static final int PROT_READ = TABLE.same("PROT_READ", 0x1);
    public static final int PROT_WRITE = TABLE.same("PROT_WRITE", 0x2);
    public static final int PROT_EXEC = TABLE.same("PROT_EXEC", 0x4);

    // Kinds of mapping, mmap(2).
    public static final int MAP_SHARED = TABLE.same("MAP_SHARED", 0x1);
    public static final int MAP_PRIVATE = TABLE.same("MAP_PRIVATE", 0x2);
    public static final int MAP_SHARED_VALIDATE = TABLE.linux("MAP_SHARED_VALIDATE", 0x3);
    public static final int MAP_FIXED = TABLE.same("MAP_FIXED", 0x10);
    public static final int MAP_FIXED_NOREPLACE = TABLE.linux("MAP_FIXED_NOREPLACE", 0x100000);
    public static final int MAP_ANON = TABLE.row("MAP_ANON", 0x20, 0x1000);
    public static final int MAP_ANONYMOUS = TABLE.row("MAP_ANONYMOUS", 0x20, 0x1000);
    public static final int MAP_NORESERVE = TABLE.row("MAP_NORESERVE", 0x4000, 0x40);
    public static final int MAP_POPULATE = TABLE.linux("MAP_POPULATE", 0x8000);
    public static final int MAP_LOCKED = TABLE.linux("MAP_LOCKED", 0x2000);
    public static final int MAP_STACK = TABLE.linux("MAP_STACK", 0x20000);
    public static final int MAP_HUGETLB = TABLE.linux("MAP_HUGETLB", 0x40000);
    public static final int MAP_HUGE_SHIFT = TABLE.linux("MAP_HUGE_SHIFT", 0x1a);
    public static final int MAP_HUGE_2MB = TABLE.linux("MAP_HUGE_2MB", 0x54000000);
    public static final int MAP_HUGE_1GB = TABLE.linux("MAP_HUGE_1GB", 0x78000000);
    public static final int MAP_32BIT = TABLE.row("MAP_32BIT", 0x40, ABSENT, ABSENT);
    public static final int MAP_JIT = TABLE.macos("MAP_JIT", 0x800);
    public static final int MAP_NOCACHE = TABLE.macos("MAP_NOCACHE", 0x400);

    // Advice, madvise(2).
    public static final int MADV_NORMAL = TABLE.same("MADV_NORMAL", 0);
    public static final int MADV_RANDOM = TABLE.same("MADV_RANDOM", 1);
    public static final int MADV_SEQUENTIAL = TABLE.same("MADV_SEQUENTIAL", 2);
    public static final int MADV_WILLNEED = TABLE.same("MADV_WILLNEED", 3);
    public static final int MADV_DONTNEED = TABLE.same("MADV_DONTNEED", 4);
    public static final int MADV_FREE = TABLE.row("MADV_FREE", 8, 5);
    public static final int MADV_REMOVE = TABLE.linux("MADV_REMOVE", 9);
    public static final int MADV_DONTFORK = TABLE.linux("MADV_DONTFORK", 10);
    public static final int MADV_DOFORK = TABLE.linux("MADV_DOFORK", 11);
    public static final int MADV_MERGEABLE = TABLE.linux("MADV_MERGEABLE", 12);
    public static final int MADV_UNMERGEABLE = TABLE.linux("MADV_UNMERGEABLE", 13);
    public static final int MADV_HUGEPAGE = TABLE.linux("MADV_HUGEPAGE", 14);
    public static final int MADV_NOHUGEPAGE = TABLE.linux("MADV_NOHUGEPAGE", 15);
    public static final int MADV_DONTDUMP = TABLE.linux("MADV_DONTDUMP", 16);
    public static final int MADV_DODUMP = TABLE.linux("MADV_DODUMP", 17);
    public static final int MADV_WIPEONFORK = TABLE.linux("MADV_WIPEONFORK", 18);
    public static final int MADV_KEEPONFORK = TABLE.linux("MADV_KEEPONFORK", 19);
    public static final int MADV_COLD = TABLE.linux("MADV_COLD", 20);
    public static final int MADV_PAGEOUT = TABLE.row("MADV_PAGEOUT", 21, 10);
    public static final int MADV_POPULATE_READ = TABLE.linux("MADV_POPULATE_READ", 22);
    public static final int MADV_POPULATE_WRITE = TABLE.linux("MADV_POPULATE_WRITE", 23);
    public static final int MADV_COLLAPSE = TABLE.linux("MADV_COLLAPSE", 25);
    public static final int MADV_FREE_REUSABLE = TABLE.macos("MADV_FREE_REUSABLE", 7);
    public static final int MADV_FREE_REUSE = TABLE.macos("MADV_FREE_REUSE", 8);

    // Flags of msync(2).
    public static final int MS_ASYNC = TABLE.same("MS_ASYNC", 0x1);
    public static final int MS_INVALIDATE = TABLE.same("MS_INVALIDATE", 0x2);
    public static final int MS_SYNC = TABLE.row("MS_SYNC", 0x4, 0x10);

    // Flags of memfd_create(2).
    public static final int MFD_CLOEXEC = TABLE.linux("MFD_CLOEXEC", 0x1);
    public static final int MFD_ALLOW_SEALING = TABLE.linux("MFD_ALLOW_SEALING", 0x2);
}
