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

/** A physical connection was closed. On a thread of the pool. */
@Name("dev.naiad.ConnectionClose")
@Label("Connection Close")
@Description("The driver closed a physical connection")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(false)
public final class ConnectionCloseEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Connection")
    @Description("Number of the connection in its pool; 0 if it has none")
    public long connection;

    @Label("Reason")
    @Description("Why it was closed")
    @Nullable
    public String reason;

    @Label("Failure")
    @Description("Class of the exception, if it failed")
    @Nullable
    public String failure;
}
