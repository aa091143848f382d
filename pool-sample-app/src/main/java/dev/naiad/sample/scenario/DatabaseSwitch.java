/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.io.IOException;

/** Takes the database away and gives it back. */
public interface DatabaseSwitch {

    /** From now on there is no database: its connections are dead, and it accepts none. */
    void down() throws IOException;

    /** It is there again, with all that was in it. */
    void up() throws IOException;

    /** How that is done, for people. */
    String means();
}
