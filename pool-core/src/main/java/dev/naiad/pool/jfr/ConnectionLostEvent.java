/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A connection leaked for good. On a thread of the pool. */
@Name("dev.naiad.ConnectionLost")
@Label("Connection Lost")
@Description("A connection was dropped without being closed, and found by the garbage collector")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(false)
public final class ConnectionLostEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Connection")
    @Description("Number of the connection in its pool; 0 if it has none")
    public long connection;

    @Label("Borrower")
    @Description("Thread that borrowed it")
    @Nullable
    public String borrower;

    @Label("Borrowed At")
    @Description("Where it was borrowed, if that was traced")
    @Nullable
    public String borrowedAt;

    @Label("Reclaimed")
    @Description("Whether the pool closed it")
    public boolean reclaimed;
}
