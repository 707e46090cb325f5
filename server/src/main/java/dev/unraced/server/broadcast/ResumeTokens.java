// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.broadcast;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.unraced.protocol.v1.Cursor;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encodes cursors for subscribers to keep, and decodes them. Tokens are signed, because a forged position would make
 * the server read a ring from the middle of a record. Thread-safe.
 */
final class ResumeTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int TAG_BYTES = 16;

    private final ByteString captureId;
    private final SecretKeySpec key;

    ResumeTokens(ByteString captureId) {
        this.captureId = captureId;
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    ByteString write(Cursor cursor) {
        byte[] body = cursor.toByteArray();
        byte[] token = Arrays.copyOf(tag(body), TAG_BYTES + body.length);
        System.arraycopy(body, 0, token, TAG_BYTES, body.length);
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(token);
    }

    /**
     * Reads a token.
     *
     * @throws IllegalArgumentException when the token names this capture, but its signature is wrong
     */
    Optional<Cursor> read(ByteString token) {
        Cursor cursor = peek(token);
        if (!cursor.getCaptureId().equals(captureId)) {
            return Optional.empty();
        }
        byte[] bytes = token.toByteArray();
        byte[] body = Arrays.copyOfRange(bytes, TAG_BYTES, bytes.length);
        if (!MessageDigest.isEqual(Arrays.copyOf(tag(body), TAG_BYTES), Arrays.copyOf(bytes, TAG_BYTES))) {
            throw new IllegalArgumentException("the resume token is not one that this server gave out");
        }
        return Optional.of(cursor);
    }

    /**
     * Returns the content of a token without verifying it.
     *
     * @throws IllegalArgumentException when it is no token
     */
    static Cursor peek(ByteString token) {
        try {
            return Cursor.parseFrom(token.substring(Math.min(TAG_BYTES, token.size())));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the resume token is none", e);
        }
    }

    private byte[] tag(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(body), TAG_BYTES);
        } catch (GeneralSecurityException e) {
            // Every Java platform has this algorithm.
            throw new IllegalStateException(e);
        }
    }
}
