/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.framework;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;

@Entity
@Table(name = "book")
class Book {

    @Id
    long id;

    String title;

    @Column(name = "cover")
    byte[] cover;

    @Lob
    byte[] scan;

    Book() {}

    Book(long id, String title) {
        this.id = id;
        this.title = title;
    }
}
