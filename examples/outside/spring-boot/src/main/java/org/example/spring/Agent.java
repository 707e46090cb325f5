// SPDX-License-Identifier: Apache-2.0
package org.example.spring;

import dev.unraced.capture.EventHandler;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application that gets each event in a bean; the starter does the rest. */
@SpringBootApplication
public class Agent {
    private final LongAdder failed = new LongAdder();

    public static void main(String[] args) {
        SpringApplication.run(Agent.class, args);
    }

    @Bean
    EventHandler countsFailures() {
        return event -> {
            if (event.failed()) {
                failed.increment();
            }
        };
    }

    long failed() {
        return failed.sum();
    }
}
