"""Just enough protobuf to read envelopes from the databases. Numbers are those of proto/perdura/v1/*.proto."""

import hashlib


def sha256(data):
    return hashlib.sha256(data).digest()


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """{field number: [values]}: int for varints, bytes for everything with a length."""
    found, at = {}, 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            value, at = _varint(data, at)
        elif tag & 7 == 2:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ValueError("truncated message")
            value, at = data[at:at + size], at + size
        else:
            raise ValueError("a wire type that these messages do not use")
        found.setdefault(tag >> 3, []).append(value)
    return found


def payload(envelope):
    return fields(envelope)[1][0]


def payload_id(envelope):
    return sha256(payload(envelope))


class Post:
    """PostRequest that carries a contribution."""

    def __init__(self, data):
        post = fields(data)
        header = fields(payload(post[1][0]))
        self.id = payload_id(post[1][0])
        self.manifest_hash = header[2][0]
        self.member = header[3][0].decode()
        self.role = header[4][0]
        self.share_hashes = header[5]
        self.shares = post[2]


class Bundle:
    """ReleaseBundle."""

    def __init__(self, data):
        bundle = fields(data)
        self.manifest_hash = payload_id(bundle[2][0])
        self.commit_id = payload_id(bundle[4][0])
        self.release_id = payload_id(bundle[6][0])
        self.signatures = len(fields(bundle[4][0])[3])
        commit = fields(payload(bundle[4][0]))
        self.commit_manifest_hash = commit[2][0]
        self.contributors = [self._entry(entry) for entry in commit[3]]
        self.dealers = [self._entry(entry) for entry in commit[4]]

    @staticmethod
    def _entry(data):
        entry = fields(data)
        return entry[1][0].decode(), entry[2][0]


def receipt(logged_entry):
    """LoggedEntry.proof: the inclusion proof and the cosigned note under it."""
    return fields(logged_entry)[3][0].decode()


def cosignatures(note):
    """Stewards whose signature line a note has; a log's own has its origin `federation/party/generation` for a name."""
    names = {line.split(" ")[1] for line in note.splitlines() if line.startswith("\u2014 ")}
    return sum(name.count("/") == 1 for name in names)


def opened_at(manifest_envelope):
    """Microseconds: Manifest.slots.opened_at."""
    return fields(fields(payload(manifest_envelope))[13][0])[1][0]
