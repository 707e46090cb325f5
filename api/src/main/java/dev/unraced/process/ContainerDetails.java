// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import java.util.Optional;

/**
 * The names of a container, by the node's container runtime. Immutable.
 *
 * @param name its name in the pod; empty of the container that only holds the pod's namespaces
 * @param image the image as the pod asks for it; empty where {@code name} is
 * @param imageId the image by its digest or its id at the runtime; empty where the runtime does not say it
 * @param pod the pod
 */
public record ContainerDetails(Optional<String> name, Optional<String> image, Optional<String> imageId, Pod pod) {
    /** The longest text in characters; one that is longer ends with an ellipsis there. */
    public static final int LONGEST = 512;

    /** Cuts the texts that are too long. */
    public ContainerDetails {
        name = name.map(ContainerDetails::bounded);
        image = image.map(ContainerDetails::bounded);
        imageId = imageId.map(ContainerDetails::bounded);
    }

    static String bounded(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }
}
