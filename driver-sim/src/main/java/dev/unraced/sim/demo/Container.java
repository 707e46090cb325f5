// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimProcess;

/** A database in a container, and a worker beside it that queries the database. */
final class Container {
    private static final String ID = "3f9ac1d0f2e64b7d8c5b0a917e2d4c6f3f9ac1d0f2e64b7d8c5b0a917e2d4c6f";
    private static final String SOCKET = "/run/redis.sock";
    private static final long CGROUP = 4711;
    private static final int REDIS = 999;

    private final SceneOperations operations;
    private final SimProcess database;
    private final SimBuffer dump;
    private final int listener;

    Container(SceneOperations operations) {
        this.operations = operations;
        this.database =
                operations.process("redis-server").user(0).cgroup(CGROUP).container(ID);
        this.dump = database.buffer("/var/lib/redis/dump.rdb");
        this.listener = database.listen(SOCKET);
    }

    void query() {
        SimProcess worker = operations.process("worker").user(0).cgroup(CGROUP).container(ID);
        operations.make(worker.thread().connect(SOCKET));
        int connection = database.accept(listener);
        worker.user(REDIS);
        operations.read(worker, "/etc/hosts");
        worker.kill();
        database.close(connection);
        if (operations.number(4) == 0) {
            long file = operations.make(database.thread().openat(OpenFlags.AT_FDCWD, dump, OpenFlags.O_WRONLY, 0));
            database.close((int) file);
        }
    }
}
