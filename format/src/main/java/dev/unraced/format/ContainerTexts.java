// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.process.ContainerDetails;
import dev.unraced.process.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends the names of containers in one form. Details never change, so their text is written once for many calls, and
 * kept while no other container has its place. Allocates nothing for a text that is kept.
 */
final class ContainerTexts {
    /** The texts that are kept, a power of two. */
    private static final int KEPT = 64;

    private final BiConsumer<ContainerDetails, LineBuffer> form;
    private final @Nullable ContainerDetails[] details = new ContainerDetails[KEPT];
    private final byte[][] texts = new byte[KEPT][];

    ContainerTexts(BiConsumer<ContainerDetails, LineBuffer> form) {
        this.form = form;
    }

    // The names of a container are one object while they are kept; an equal one would have the same text.
    @SuppressWarnings("ReferenceEquality")
    void put(ContainerDetails wanted, LineBuffer out) {
        int place = System.identityHashCode(wanted) & (KEPT - 1);
        if (details[place] == wanted) {
            out.put(texts[place]);
            return;
        }
        int start = out.length();
        form.accept(wanted, out);
        texts[place] = out.copyFrom(start);
        details[place] = wanted;
    }

    /** Appends fields of a JSON object with a comma before each, null for what the container has not. */
    static void json(ContainerDetails details, LineBuffer out) {
        field("name", details.name(), out);
        field("image", details.image(), out);
        field("image_id", details.imageId(), out);
        pod(details.pod(), out);
    }

    /** Appends the pod's fields but for its uid, with a comma before each. */
    static void pod(Pod pod, LineBuffer out) {
        field("pod_name", Optional.of(pod.name()), out);
        field("pod_namespace", Optional.of(pod.namespace()), out);
        out.put(",\"pod_labels\":{");
        String comma = "";
        for (Map.Entry<String, String> label : pod.labels().entrySet()) {
            JsonText.put(out.put(comma), label.getKey());
            JsonText.put(out.put(':'), label.getValue());
            comma = ",";
        }
        out.put('}');
        if (pod.omittedLabels() > 0) {
            out.put(",\"pod_labels_omitted\":").putDecimal(pod.omittedLabels());
        }
    }

    private static void field(String name, Optional<String> value, LineBuffer out) {
        out.put(",\"").put(name).put("\":");
        if (value.isPresent()) {
            JsonText.put(out, value.get());
        } else {
            out.put("null");
        }
    }
}
