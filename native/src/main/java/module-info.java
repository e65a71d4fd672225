// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/**
 * libringfork, packed per platform, and the way to a copy of it that the system's loader can open.
 *
 * <p>Nothing here calls native code: that is for {@code dev.ringfork.bindings}.
 */
@NullMarked
module dev.ringfork.natives {
    requires static org.jspecify;

    exports dev.ringfork.natives;
}
