// SPDX-License-Identifier: Apache-2.0
/** A capture in an application of Spring Boot: opened by its properties, consumed by its handler, closed with it. */
@NullMarked
package dev.unraced.spring;

import org.jspecify.annotations.NullMarked;
