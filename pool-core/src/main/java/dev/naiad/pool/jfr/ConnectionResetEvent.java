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

/** The transaction was ended and the session restored when a connection came back. */
@Name("dev.naiad.ConnectionReset")
@Label("Connection Reset")
@Description("A connection was made ready for its next borrower on return")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(false)
@Threshold("10 ms")
public final class ConnectionResetEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Connection")
    @Description("Number of the connection in its pool; 0 if it has none")
    public long connection;

    @Label("Kept")
    @Description("Whether it went back to the pool and was not closed")
    public boolean kept;
}
