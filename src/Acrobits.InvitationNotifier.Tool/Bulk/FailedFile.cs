using System.Globalization;
using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>
/// A file of the invitations that were not delivered, in the format of the input, to be the input of the next run. It is
/// created with the first of them and never overwrites another file.
/// </summary>
internal sealed partial class FailedFile(string input, string? chosen) : IDisposable
{
    private readonly Lock _writing = new();
    private FileStream? _stream;

    /// <summary>The path of the file. Null until it is created.</summary>
    public string? Path => _stream?.Name;

    /// <summary>Writes a record through to the operating system.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(InvitationRecord record, byte[]? header)
    {
        lock (_writing)
        {
            if (_stream is null)
            {
                _stream = Create();
                if (header is not null)
                {
                    WriteLine(header);
                }
            }

            WriteLine(record.Raw);
            _stream.Flush();
        }
    }

    public void Dispose() => _stream?.Dispose();

    /// <summary>
    /// The paths to try, in order. For <c>users.csv</c>: <c>users.failed.csv</c>, <c>users.failed-2.csv</c>, and so on. The same
    /// for <c>users.failed.csv</c>, so that names do not grow from run to run.
    /// </summary>
    internal static IEnumerable<string> Names(string input)
    {
        var directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(input))!;
        var stem = FailedSuffix().Replace(System.IO.Path.GetFileNameWithoutExtension(input), "");
        var extension = System.IO.Path.GetExtension(input);
        yield return System.IO.Path.Combine(directory, $"{stem}.failed{extension}");
        for (var number = 2; ; number++)
        {
            yield return System.IO.Path.Combine(
                directory, string.Create(CultureInfo.InvariantCulture, $"{stem}.failed-{number}{extension}"));
        }
    }

    private FileStream Create()
    {
        if (chosen is not null)
        {
            return New(chosen);
        }

        foreach (var name in Names(input).Where(name => !File.Exists(name)))
        {
            try
            {
                return New(name);
            }
            catch (IOException) when (File.Exists(name))
            {
                // Another run has just created it.
            }
        }

        throw new InvalidOperationException();
    }

    // It contains phone numbers, so only the user can read it.
    private static FileStream New(string path)
    {
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    // One write for each line: a crash leaves only whole lines.
    private void WriteLine(byte[] line) => _stream!.Write([.. line, (byte)'\n']);

    [GeneratedRegex(@"\.failed(-\d+)?$")]
    private static partial Regex FailedSuffix();
}
