using System.Globalization;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>
/// The invitations that were not delivered, in the format of the input, so that the file can be the next input. It
/// comes into being with the first of them and never takes the place of another file.
/// </summary>
internal sealed partial class FailedFile(string input, string? chosen) : IDisposable
{
    private readonly Lock _writing = new();
    private FileStream? _stream;

    /// <summary>The file, or <see langword="null"/> as long as there is none.</summary>
    public string? Path => _stream?.Name;

    /// <summary>Adds a record; it is in the hands of the system when this returns.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(BulkRecord record, byte[]? header)
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
    /// The names to try beside an input, in order: <c>users.csv</c> gives <c>users.failed.csv</c>,
    /// <c>users.failed-2.csv</c>, ..., and so does <c>users.failed.csv</c> itself when it is fed back.
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
                // Another run was faster; it has its file, the next name is ours.
            }
        }

        throw new InvalidOperationException();
    }

    // Phone numbers: for the eyes of the user alone.
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

    // One write a line: a crash leaves whole lines behind.
    private void WriteLine(byte[] line) => _stream!.Write([.. line, (byte)'\n']);

    [GeneratedRegex(@"\.failed(-\d+)?$")]
    private static partial Regex FailedSuffix();
}
