/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import java.sql.SQLException;
import org.springframework.beans.BeansException;

/** The application was not to start without a connection, and there is none. The cause is what the last attempt failed with. */
final class FirstConnectionException extends BeansException {

    private static final long serialVersionUID = 1L;

    private final transient FirstConnection wanted;

    FirstConnectionException(String pool, FirstConnection wanted, SQLException cause) {
        super(
                "Pool '" + pool + "': no connection could be opened in the time that " + wanted.property() + " allows",
                cause);
        this.wanted = wanted;
    }

    FirstConnection wanted() {
        return wanted;
    }
}
