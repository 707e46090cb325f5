// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Marks a rule that looks at the whole process. Rules of other drivers in the same process wait for it. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Alone {

    /**
     * The extension that makes rules wait. It runs before all others, so that it releases its lock whatever they do.
     */
    final class Turns implements BeforeEachCallback, AfterEachCallback {
        private static final ReadWriteLock TURNS = new ReentrantReadWriteLock(true);

        @Override
        public void beforeEach(ExtensionContext context) {
            turn(context).lock();
        }

        @Override
        public void afterEach(ExtensionContext context) {
            turn(context).unlock();
        }

        private static Lock turn(ExtensionContext context) {
            return AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), Alone.class)
                    ? TURNS.writeLock()
                    : TURNS.readLock();
        }
    }
}
