"""失败原因。Why a file cannot be read or written: errors of the system and of GDAL in the user's words."""

from __future__ import annotations

import errno
import re

__all__ = ["gdal_reason", "system_reason"]

_SYSTEM = {
    errno.ENOENT: ("没有这个文件或文件夹", "no such file or folder"),
    errno.EEXIST: ("同名文件已存在", "a file of that name exists"),
    errno.ENOTDIR: ("路径中有一段是文件，不是文件夹", "part of the path is a file, not a folder"),
    errno.EISDIR: ("同名文件夹已存在", "a folder of that name exists"),
    errno.EACCES: ("没有权限，或文件正被其他程序打开", "no permission, or another program has it open"),
    errno.EPERM: ("没有权限", "no permission"),
    errno.EROFS: ("所在磁盘只能读，不能写", "the disk is read-only"),
    errno.ENOSPC: ("磁盘已满", "the disk is full"),
    errno.EDQUOT: ("超出磁盘配额", "the disk quota is used up"),
    errno.ENAMETOOLONG: ("文件名太长", "the name is too long"),
    errno.EBUSY: ("正被其他程序使用", "another program is using it"),
    errno.ETXTBSY: ("正被其他程序使用", "another program is using it"),
    errno.ENOTEMPTY: ("文件夹不是空的", "the folder is not empty"),
    errno.EXDEV: ("跨磁盘不能移动", "it cannot be moved to another disk"),
    errno.EIO: ("磁盘读写出错", "the disk fails"),
    errno.EMFILE: ("同时打开的文件太多", "too many open files"),
    errno.EINVAL: ("文件名或路径不合规", "the name or path is not allowed"),
}
_CHINESE = re.compile("[\u4e00-\u9fff]")
_GDAL = (
    (
        re.compile(
            r"local variable|missing (\S+ )*node|missing [],[]|"
            r"non double value|unhandled parameter|not enough children",
            re.IGNORECASE,
        ),
        "坐标系定义（.prj 等）无法解析",
    ),
    (re.compile(r"fread\(\d*\)? ?failed on DBF|DBF file", re.IGNORECASE), "属性表 .dbf 不完整"),
    (re.compile(r"Unrecognized number", re.IGNORECASE), "有一个数超出整数的范围（64 位），编号应写成文本"),
    (re.compile(r"Failed to read GeoJSON|JSON parsing|Invalid GeoJSON", re.IGNORECASE), "不是完整的 GeoJSON"),
    (re.compile(r"\.shx", re.IGNORECASE), "索引 .shx 不完整"),
    (re.compile(r"not recognized as being in a supported file format", re.IGNORECASE), "内容不是该格式"),
    (re.compile(r"malformed|not a database", re.IGNORECASE), "数据库已损坏"),
    (re.compile(r"no such (table|column|function)", re.IGNORECASE), "数据库缺少应有的表或栏"),
    (re.compile(r"fread|read error|unexpected end|truncated|EOF", re.IGNORECASE), "内容不完整"),
    (re.compile(r"Permission denied|unable to open", re.IGNORECASE), "没有权限，或正被其他程序打开"),
    (re.compile(r"out of memory|Cannot allocate", re.IGNORECASE), "内存不够"),
    (re.compile(r"XML|not well-formed|mismatched tag", re.IGNORECASE), "XML 不完整或不合规"),
)
"""What GDAL says by what that means; the first that fits. What is not listed is quoted as it is."""


def system_reason(error: OSError, lang: str = "zh") -> str:
    """系统错误。Why the system refused, in Chinese (or English); its own words where they are not known.

    >>> system_reason(FileExistsError(17, "File exists"))
    '同名文件已存在'
    """
    told = error.strerror or str(error)
    if _CHINESE.search(told) or error.errno not in _SYSTEM:
        return told
    return _SYSTEM[error.errno][lang == "en"]


def gdal_reason(error: Exception) -> str:
    """读取库的错误。What GDAL's words mean, or these in one line without the folders of this machine.

    >>> gdal_reason(RuntimeError("fread(1970) failed on DBF file."))
    '属性表 .dbf 不完整'
    """
    words = " ".join(str(error).split()).split("; It might help")[0]
    known = next((meaning for pattern, meaning in _GDAL if pattern.search(words)), "")
    return known or re.sub(r"/\S*/", "", words)[:160] or type(error).__name__
