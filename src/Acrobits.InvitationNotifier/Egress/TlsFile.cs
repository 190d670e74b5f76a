using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The content of a certificate or key file.</summary>
internal sealed class TlsFile
{
    private const int MaxLength = 1024 * 1024;

    private readonly UnixFileMode _mode;

    private TlsFile(byte[] content, UnixFileMode mode)
    {
        Content = content;
        Text = Encoding.Latin1.GetString(content);
        _mode = mode;
    }

    public byte[] Content { get; }

    /// <summary>The content as text. PEM consists of ASCII characters.</summary>
    public string Text { get; }

    public bool IsPem => Text.Contains("-----BEGIN ", StringComparison.Ordinal);

    /// <summary>The format of a file that is not PEM.</summary>
    public X509ContentType ContentType
    {
        get
        {
            try
            {
                return X509Certificate2.GetCertContentType(Content);
            }
            catch (CryptographicException)
            {
                return X509ContentType.Unknown;
            }
        }
    }

    /// <summary>Whether every user of the machine can read the file.</summary>
    public bool IsReadableByEveryone => _mode.HasFlag(UnixFileMode.OtherRead);

    /// <summary>Returns the absolute path; null if the problems explain why there is none.</summary>
    public static string? FindPath(string path, ProblemScope problems)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            problems.Add("is blank. Write the path of a file");
        }
        else if (path.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            problems.Add("is the content of a file, not its path. Save it to a file, and write the path");
        }
        else if (path.Contains('\0', StringComparison.Ordinal))
        {
            problems.Add("is not a path. Write the path of a file");
        }
        else
        {
            return Path.GetFullPath(path);
        }

        return null;
    }

    /// <summary>Reads a file; returns null if it added a problem.</summary>
    public static TlsFile? Read(string path, ProblemScope problems)
    {
        try
        {
            // All through one handle: a link can lead to another file in the next moment.
            using var handle = File.OpenHandle(path);
            var length = RandomAccess.GetLength(handle);
            if (length is 0 or > MaxLength)
            {
                problems.Add(length == 0 ? "the file is empty. Write a certificate or key file" : "the file is larger than 1 MiB, so it holds something else. Correct the path");
                return null;
            }

            var content = new byte[length];
            var read = RandomAccess.Read(handle, content, fileOffset: 0);
            var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(handle);
            return new TlsFile(content[..read], mode);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add("the file does not exist. Correct the path; a relative one starts at the working directory of the process");
        }
        catch (UnauthorizedAccessException)
        {
            problems.Add("the file cannot be read: it is a directory, or the process has no permission. Correct the path, or grant the permission");
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException)
        {
            problems.Add($"the file cannot be read ({exception.GetType().Name}). Correct it");
        }

        return null;
    }
}
