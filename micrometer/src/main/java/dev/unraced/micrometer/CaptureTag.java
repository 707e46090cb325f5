// SPDX-License-Identifier: Apache-2.0
package dev.unraced.micrometer;

import io.micrometer.common.docs.KeyName;
import java.util.Locale;

/** The tags of the meters. Their values are few, and known beforehand. */
public enum CaptureTag implements KeyName {
    /** The name of the driver behind the capture. */
    DRIVER,
    /** The reason why calls were lost or filtered: a reason of the API in lower case, such as {@code ring_full}. */
    REASON,
    /** The reason why an entry left the stash: {@code taken}, {@code evicted}, {@code reclaimed} or {@code stale}. */
    CAUSE,
    /** A rank among the callers with the most losses: {@code first}, {@code second} or {@code third}. */
    RANK,
    /** A mode: {@code off}, {@code stash} or {@code kernel}. */
    MODE;

    @Override
    public String asString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
