// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

/**
 * Ends the process of an application whose capture failed, after its context was closed. Usually this is
 * {@link System#exit}, so that what supervises the process sees a failure. An application that shares its process, such
 * as a test, has a bean of its own.
 */
@FunctionalInterface
public interface ApplicationExit {

    /**
     * Ends the process.
     *
     * @param code the exit code, by the application's {@link org.springframework.boot.ExitCodeGenerator exit code
     *     generators}; {@link CaptureRunner} is one of them, so it is not 0
     */
    void exit(int code);
}
