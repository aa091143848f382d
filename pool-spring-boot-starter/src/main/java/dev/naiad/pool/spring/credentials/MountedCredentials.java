/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.credentials;

import dev.naiad.pool.Credentials;
import dev.naiad.pool.CredentialsProvider;
import dev.naiad.pool.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLInvalidAuthorizationSpecException;
import org.jspecify.annotations.Nullable;

/**
 * Credentials in a directory with a file {@code password} and, unless the user is known otherwise, a file {@code username}: what
 * Kubernetes makes of a secret that is mounted. They are read for each connection, so what is there is what counts.
 */
public final class MountedCredentials implements CredentialsProvider {

    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";

    private final Path directory;
    private final @Nullable String username;
    private volatile Credentials applied;

    /**
     * Reads them for the first time.
     *
     * @param username the user if there is no file for it
     * @throws InvalidSettingException if there is no such directory, or it has no password
     */
    public MountedCredentials(Path directory, @Nullable String username) {
        this.directory = directory;
        this.username = username;
        try {
            this.applied = read();
        } catch (IOException e) {
            throw new InvalidSettingException(
                    "credentials_directory", directory, "a directory with a file 'password' that can be read", e);
        }
    }

    private Credentials read() throws IOException {
        Path name = directory.resolve(USERNAME);
        return new Credentials(Files.exists(name) ? textOf(name) : username, textOf(directory.resolve(PASSWORD)));
    }

    /** Without the line break that editors leave at the end. */
    private static String textOf(Path file) throws IOException {
        return Files.readString(file).replaceFirst("\\R$", "");
    }

    @Override
    public Credentials get() throws SQLInvalidAuthorizationSpecException {
        try {
            return read();
        } catch (IOException e) {
            throw new SQLInvalidAuthorizationSpecException(
                    "The credentials in " + directory + " cannot be read.", "28000", e);
        }
    }

    /** What is there now, if it differs from what was applied last; else null. */
    @Nullable
    Credentials changed() throws SQLInvalidAuthorizationSpecException {
        Credentials present = get();
        return present.equals(applied) ? null : present;
    }

    /** The connections have been replaced by some with these. */
    void markApplied(Credentials credentials) {
        applied = credentials;
    }

    @Override
    public String toString() {
        return "credentials in " + directory;
    }
}
