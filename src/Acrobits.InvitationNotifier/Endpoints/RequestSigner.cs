using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>Signs requests as the Standard Webhooks specification defines it (symmetric signatures, version 1).</summary>
internal sealed class RequestSigner
{
    private const string Id = "webhook-id", Timestamp = "webhook-timestamp", Signature = "webhook-signature";

    private const string Prefix = "whsec_";
    private const string Version = "v1,";
    private const int MinLength = 24, MaxLength = 64;
    private const int MaxSecrets = 10;

    // The version and 32 bytes in Base64, and a space before the next one.
    private const int SignatureLength = 3 + 44 + 1;

    private readonly byte[][] _keys;

    private RequestSigner(byte[][] keys) => _keys = keys;

    /// <summary>Whether a header is one of the three that signing adds.</summary>
    public static bool IsSigned(string header) => header.Equals(Id, StringComparison.OrdinalIgnoreCase)
        || header.Equals(Timestamp, StringComparison.OrdinalIgnoreCase) || header.Equals(Signature, StringComparison.OrdinalIgnoreCase);

    /// <summary>Validates the secrets. Returns null if there are none, or if problems were added.</summary>
    public static RequestSigner? Compile(SigningOptions? options, ProblemScope problems)
    {
        var known = problems.Count;
        var secrets = problems.At(nameof(options.Secrets));
        var keys = new List<byte[]>();
        if (options?.Secrets?.Count > MaxSecrets)
        {
            secrets.Add(string.Create(CultureInfo.InvariantCulture, $"has more than {MaxSecrets} secrets. Remove those that no provider verifies with"));
        }

        foreach (var (index, secret) in (options?.Secrets ?? []).Index())
        {
            // A problem never quotes the secret.
            var own = secrets.At(index.ToString(CultureInfo.InvariantCulture));
            if (Decode(secret) is not { } key)
            {
                own.Add($"is not a signing secret. Write {Prefix} followed by {MinLength} to {MaxLength} random bytes in Base64");
            }
            else if (keys.Exists(other => other.AsSpan().SequenceEqual(key)))
            {
                own.Add("is the same secret as an earlier one. Remove it");
            }
            else
            {
                keys.Add(key);
            }
        }

        return keys.Count > 0 && problems.Count == known ? new RequestSigner([.. keys]) : null;
    }

    /// <summary>Adds the three headers to a request.</summary>
    public void Sign(HttpRequestHeaders headers, ExpandedInvitation expanded, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        headers.TryAddWithoutValidation(Id, expanded.Id);
        headers.TryAddWithoutValidation(Timestamp, timestamp);
        headers.TryAddWithoutValidation(Signature, Sign(expanded, timestamp));
    }

    private string Sign(ExpandedInvitation expanded, string timestamp)
    {
        // A GET request has no body; what it says is in its target.
        var target = expanded.Body is null ? expanded.Uri.PathAndQuery : "";
        var length = expanded.Id!.Length + timestamp.Length + 2 + target.Length + (expanded.Body?.Length ?? 0);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            // All of this is ASCII: ids, numbers and the percent-encoded target.
            var at = Encoding.ASCII.GetBytes(expanded.Id, buffer);
            buffer[at++] = (byte)'.';
            at += Encoding.ASCII.GetBytes(timestamp, buffer.AsSpan(at));
            buffer[at++] = (byte)'.';
            at += Encoding.ASCII.GetBytes(target, buffer.AsSpan(at));
            expanded.Body?.CopyTo(buffer, at);
            return Sign(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // One signature for each key, with a space between them.
    private string Sign(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<char> signatures = stackalloc char[MaxSecrets * SignatureLength];
        var written = 0;
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, content, hash);
            Version.CopyTo(signatures[written..]);
            Convert.TryToBase64Chars(hash, signatures[(written + Version.Length)..], out _);
            written += SignatureLength;
            signatures[written - 1] = ' ';
        }

        return new string(signatures[..(written - 1)]);
    }

    private static byte[]? Decode(string? secret)
    {
        if (secret?.StartsWith(Prefix, StringComparison.Ordinal) != true)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[MaxLength];
        var encoded = secret.AsSpan(Prefix.Length);
        return !encoded.ContainsAny(" \t\r\n") && Convert.TryFromBase64Chars(encoded, key, out var length) && length >= MinLength
            ? key[..length].ToArray()
            : null;
    }
}
