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

/** The driver was asked for a connection. On a thread of the pool, or that of the borrower. */
@Name("dev.naiad.ConnectionOpen")
@Label("Connection Open")
@Description("The driver opened a physical connection, or failed to")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(false)
public final class ConnectionOpenEvent extends Event {

    @Label("Pool")
    @Description("Name of the pool")
    @Nullable
    public String pool;

    @Label("Connection")
    @Description("Number of the connection in its pool; 0 if it has none")
    public long connection;

    @Label("Failure")
    @Description("Class of the exception, if it failed")
    @Nullable
    public String failure;
}
