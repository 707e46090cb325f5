// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.FiltersCodec;
import dev.unraced.protocol.v1.Stats;
import dev.unraced.protocol.v1.SubscribeRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The request of a subscriber each time that it connects: its configuration, with the changes that it has made since.
 *
 * @param request the request, without a resume token
 * @param mode the mode that a shared capture must have; null if any mode will do
 */
record Wanted(SubscribeRequest request, @Nullable Mitigation mode) {

    Wanted withFilters(EventFilters filters) {
        return new Wanted(
                request.toBuilder().setFilters(FiltersCodec.encode(filters)).build(), mode);
    }

    Wanted withMode(Mitigation next) {
        SubscribeRequest.Builder changed = request.toBuilder();
        if (request.hasOwnCapture()) {
            changed.getOwnCaptureBuilder().setMitigation(Codes.encode(next));
        }
        return new Wanted(changed.build(), next);
    }

    Wanted withEnterEvents(boolean publish) {
        SubscribeRequest.Builder changed = request.toBuilder().setEnterEvents(publish);
        if (request.hasOwnCapture()) {
            changed.getOwnCaptureBuilder().setEnterEvents(publish);
        }
        return new Wanted(changed.build(), mode);
    }

    /**
     * Returns why a server's capture is not the one that was asked for, or null if it is. The server makes an own
     * capture as asked; the mode of a shared one stays.
     *
     * @param stats the statistics with which the capture began
     */
    @Nullable
    String objection(Stats stats) {
        if (request.hasOwnCapture()) {
            return null;
        }
        Mitigation actual = RemoteSource.mode(stats);
        if (mode != null && mode != actual) {
            return "the server's shared capture runs with mitigation "
                    + lower(actual) + ", not " + lower(mode)
                    + ". Leave the setting out, have the server's operator change it, or ask for a capture of your own"
                    + " (unraced.remote.own-capture = on).";
        }
        if (request.getEnterEvents() && !stats.getEnterEvents()) {
            return "the server's shared capture makes no enter events."
                    + " Have its operator begin them, or ask for a capture of your own"
                    + " (unraced.remote.own-capture = on).";
        }
        return null;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
