/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A connection may be leaking. On a thread of the pool. */
@Name("dev.naiad.ConnectionHeldTooLong")
@Label("Connection Held Too Long")
@Description("A connection was held unused, or in one call, for longer than a hold limit")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(false)
public final class ConnectionHeldTooLongEvent extends Event {

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

    @Label("Held")
    @Description("How long it has been held")
    @Timespan(Timespan.NANOSECONDS)
    public long held;

    @Label("Step")
    @Description("What the pool does about it")
    @Nullable
    public String step;
}
