// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import dev.unraced.protocol.Address;
import dev.unraced.protocol.TlsFiles;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import dev.unraced.server.connection.Access;
import dev.unraced.server.linux.Account;
import dev.unraced.server.linux.Owner;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options for where a server listens, and to whom. */
final class ServeOptions {
    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            split = ",",
            converter = AddressConverter.class,
            defaultValue = Address.DEFAULT,
            description =
                    "unix:/path/of/socket, or host:port, which needs the three files below. A folder that is missing is"
                            + " made, below /run also several. May be given several"
                            + " times. Default: ${DEFAULT-VALUE}.")
    private List<Address> addresses = List.of();

    @Option(
            names = "--socket-mode",
            paramLabel = "MODE",
            converter = ModeConverter.class,
            defaultValue = "0660",
            description = "Permissions of UNIX sockets: who may write may connect. Default: ${DEFAULT-VALUE}.")
    private int socketMode;

    @Option(
            names = "--socket-owner",
            paramLabel = "USER[:GROUP]",
            converter = AccountConverter.class,
            description = "Owner of UNIX sockets. Default: the server's user.")
    private @Nullable Account socketOwner;

    @Option(
            names = "--allow-user",
            paramLabel = "USER",
            split = ",",
            converter = UserConverter.class,
            description = "Who may subscribe through a UNIX socket. Default: all that its mode lets in.")
    private List<Integer> users = List.of();

    @Option(
            names = "--control-user",
            paramLabel = "USER",
            split = ",",
            converter = UserConverter.class,
            description = "Who else than root may change mode and filters of the shared capture.")
    private List<Integer> controllingUsers = List.of();

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "The server's certificate for TCP, in PEM, with its chain. Read again when it changes.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Its private key, in PEM (PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--authorities",
            paramLabel = "FILE",
            description =
                    "The authority that signs subscribers' certificates, in PEM. A subscriber needs such a certificate.")
    private @Nullable Path authorities;

    @Option(
            names = "--allow-certificate",
            paramLabel = "NAME",
            split = ",",
            description = "Names of certificates that may subscribe. Default: all that the authorities signed.")
    private List<String> certificates = List.of();

    @Option(
            names = "--control-certificate",
            paramLabel = "NAME",
            split = ",",
            description = "Names of certificates that may change mode and filters of the shared capture.")
    private List<String> controllingCertificates = List.of();

    @Option(
            names = "--plaintext",
            description = "Listen without TLS on loopback addresses: every user of this machine may subscribe then.")
    private boolean plaintext;

    @Option(
            names = "--max-subscribers",
            paramLabel = "N",
            defaultValue = "64",
            description = "Subscriptions at a time. Those who may control have as many again to themselves, so that"
                    + " others cannot keep them out. Default: ${DEFAULT-VALUE}.")
    private int maxSubscribers;

    @Option(
            names = "--max-per-peer",
            paramLabel = "N",
            description =
                    "How many of these one user or certificate may have that may not control. Default: a quarter.")
    private @Nullable Integer maxPerPeer;

    @Option(
            names = "--max-calls",
            paramLabel = "N",
            defaultValue = "64",
            description = "Calls in progress on one connection, a subscription being one. Default: ${DEFAULT-VALUE}.")
    private int maxCalls;

    @Option(
            names = "--own-captures",
            paramLabel = "N",
            defaultValue = "0",
            description = "How many subscribers at a time may have a capture of their own, with their own mode, sizes"
                    + " and filters at the source. Each costs what a capture costs. Default: ${DEFAULT-VALUE}.")
    private int ownCaptures;

    @Option(
            names = "--buffer",
            paramLabel = "MIB",
            defaultValue = "64",
            description = "Memory for what slow subscribers have yet to fetch, of all together: 1 to 1024, a power of"
                    + " two. Default: ${DEFAULT-VALUE}.")
    private int bufferMebibytes;

    /** Returns the error in the combination of options, or null. */
    @Nullable
    String problem() {
        int files = (certificate == null ? 0 : 1) + (key == null ? 0 : 1) + (authorities == null ? 0 : 1);
        if (files != 0 && files != 3) {
            return "--certificate, --key and --authorities go together: TLS is mutual here";
        }
        if (bufferMebibytes < 1 || bufferMebibytes > 1024 || Integer.bitCount(bufferMebibytes) != 1) {
            return "--buffer must be a power of two from 1 to 1024, not " + bufferMebibytes;
        }
        if (maxSubscribers < 1 || maxSubscribers > 10_000) {
            return "--max-subscribers must be 1 to 10000, not " + maxSubscribers;
        }
        if (maxPerPeer != null && (maxPerPeer < 1 || maxPerPeer > maxSubscribers)) {
            return "--max-per-peer must be 1 to --max-subscribers, not " + maxPerPeer;
        }
        if (maxCalls < 1 || maxCalls > 10_000) {
            return "--max-calls must be 1 to 10000, not " + maxCalls;
        }
        if (ownCaptures < 0 || ownCaptures > 64) {
            return "--own-captures must be 0 to 64, not " + ownCaptures;
        }
        return null;
    }

    boolean hasOwnCaptures() {
        return ownCaptures > 0;
    }

    ServerSettings settings() {
        Owner owner = socketOwner == null ? null : new Owner(socketOwner.uid(), socketOwner.gid());
        TlsFiles tls = certificate == null
                ? null
                : new TlsFiles(certificate, Objects.requireNonNull(key), Objects.requireNonNull(authorities));
        Set<Integer> controlling = new LinkedHashSet<>(controllingUsers);
        controlling.add(0);
        Access access = new Access(new LinkedHashSet<>(users), certificates, controlling, controllingCertificates);
        Limits usual = Limits.standard();
        Limits limits = new Limits(
                maxSubscribers,
                maxPerPeer == null ? Limits.usualShare(maxSubscribers) : maxPerPeer,
                maxCalls,
                ownCaptures,
                usual.filterValues(),
                bufferMebibytes << 20);
        return new ServerSettings(addresses, socketMode, owner, tls, plaintext, access, limits);
    }

    /** Reads an address. */
    static final class AddressConverter implements ITypeConverter<Address> {
        @Override
        public Address convert(String value) {
            try {
                return Address.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads an octal mode. */
    static final class ModeConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            if (!value.matches("0?[0-7]{3}")) {
                throw new TypeConversionException("'" + value + "' is no mode such as 0660");
            }
            return Integer.parseInt(value, 8);
        }
    }

    /** Reads a user, who need not exist on this machine; it may be a container's, for instance. */
    static final class UserConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            try {
                return Account.uid(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads a user and, where given, a group. */
    static final class AccountConverter implements ITypeConverter<Account> {
        @Override
        public Account convert(String value) {
            try {
                return Account.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
