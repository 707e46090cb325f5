// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cri;

import dev.unraced.config.CaptureConfig;
import dev.unraced.process.ContainerResolver;

/** Makes resolvers by the settings of {@code unraced.cri}. */
public final class CriResolverProvider implements ContainerResolver.Provider {
    /** For {@link java.util.ServiceLoader}. */
    public CriResolverProvider() {}

    @Override
    public ContainerResolver open(CaptureConfig config) {
        return new CriResolver(CriSettings.of(config));
    }
}
