/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** A connection was in use. On the thread that gave it back. */
@Name("dev.naiad.ConnectionHeld")
@Label("Connection Held")
@Description("A connection was lent, from checkout to return")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(true)
@Threshold("100 ms")
public final class ConnectionHeldEvent extends Event {

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
    public Thread borrower;
}
