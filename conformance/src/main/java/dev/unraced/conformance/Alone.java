// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

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

/** A rule that looks at the whole process, where several drivers may be judged at once: the others wait for it. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Alone {

    /** Comes before all other extensions, so that it lets go of what it took whatever they do. */
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
