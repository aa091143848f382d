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

/** A connection was pinged. On a thread of the pool, or that of the borrower. */
@Name("dev.naiad.ConnectionValidate")
@Label("Connection Validate")
@Description("A connection was asked if it is alive, before it was lent or while it was idle")
@Category({"Naiad"})
@Enabled(false)
@StackTrace(false)
public final class ConnectionValidateEvent extends Event {

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
