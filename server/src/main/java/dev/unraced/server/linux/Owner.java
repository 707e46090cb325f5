// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

/** The ids of a user and a group. */
public record Owner(int uid, int gid) {}
