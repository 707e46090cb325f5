// SPDX-License-Identifier: Apache-2.0
package org.example.kotlin

import dev.unraced.capture.Capture
import dev.unraced.config.CaptureConfig

private const val EVENTS = 10

/** Prints ten events of a simulated kernel, and ends. */
fun main() {
    val config = CaptureConfig.builder().driver("sim").build()
    var seen = 0
    Capture.open(config).use { capture ->
        capture.consume { event ->
            val mark = if (event.isChanged) "!" else " "
            println("$mark ${event.comm()}: ${event.syscall()} ${event.path()} = ${event.result()}")
            if (++seen == EVENTS) {
                capture.close()
            }
        }
    }
    check(seen == EVENTS) { "$seen events" }
}
