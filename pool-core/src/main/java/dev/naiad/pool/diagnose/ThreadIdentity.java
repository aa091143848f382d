/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

/**
 * A thread, as far as it can be told without holding on to it.
 *
 * @param name may be empty, as that of most virtual threads is
 * @param id its number, unique in the life of the JVM
 * @param virtual whether it is a virtual thread
 * @param alive whether it had not ended when it was looked at; one whose connection is lost counts as ended
 */
public record ThreadIdentity(String name, long id, boolean virtual, boolean alive) {

    /** For people, as in {@code thread 'http-7' (#45)}. */
    @Override
    public String toString() {
        String named = name.isEmpty() ? "#" + id : "'" + name + "' (#" + id + ")";
        return (virtual ? "virtual thread " : "thread ") + named + (alive ? "" : ", which has ended");
    }
}
