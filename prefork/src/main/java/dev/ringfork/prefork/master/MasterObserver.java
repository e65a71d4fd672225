// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/** Somebody who watches a master. Called on its loop's thread; must neither block nor ask. */
public interface MasterObserver {
    /** Nobody. */
    MasterObserver NONE =
            new MasterObserver() {
                @Override
                public void said(String line) {}

                @Override
                public void changed() {}
            };

    /** The master has reported a line. */
    void said(String line);

    /** Something was carried out; {@link MasterView#state} may be another. */
    void changed();
}
